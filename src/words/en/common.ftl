# Words that several rooms use.

date-long = { $day } { $month } { $year }
date-short = { $day } { $month } { $year }
date-instant = { $date }, { $time } UTC
number-group = ,
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

# One word for how a credential stands.
reading-valid = Valid
reading-suspended = Suspended
reading-revoked = Revoked
reading-replaced = Replaced
reading-expired = Expired

# The facts of a credential, on pages and in PDFs.
fact-cedid = CeDiD
fact-holder = Awarded to
fact-conferral-date = Conferral date
fact-credential = Credential
fact-result = Result
fact-criteria = Criteria
fact-expires = Valid through
fact-term = Term
fact-role = Role
fact-credits = Credits
fact-published-by = Published by
fact-issued-by = Achievement issued by
fact-educational-experience = Educational Experience
fact-how-to-validate = To validate the authenticity of this credential, visit the institution’s website and enter the CeDiD above.
events-attended = { $count ->
    [one] One event attended
   *[other] { $count } events attended
}
checked-at = Checked { $time }.
