from membership.models.enquiry import Enquiry
from membership.models.import_batch import ImportBatch
from membership.models.organisation import Organisation
from membership.models.partner import YES, Contact, Partner, SeatShare, Standing
