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

# Signing in and setting up an account.
error-prefix = Error:
sign-in-title = Sign in
sign-in-staff = Staff
sign-in-email = E-mail address
sign-in-password = Password
sign-in-button = Sign in
sign-in-wrong = The e-mail address or the password is wrong
sign-in-forgotten = Password forgotten? An administrator of this portal can send you a new link.
sign-in-learner = Learners
sign-in-learner-how = You need no password: we mail you a link that opens your record.
sign-in-learner-button = Mail me a link
set-up-title = Set up your account
set-up-lede = Welcome, { $name }. Choose a password of your own; nobody else will know it.
set-up-password = Password
set-up-hint = At least 12 characters. Several words in a row are easy to remember and hard to guess.
set-up-again = The same password again
set-up-button = Set up my account
set-up-used-title = This link no longer works
set-up-used-text = It was used, has ended, or a newer one was made. An administrator of the portal can send you a new one.
error-summary = There is a problem
# Around every page.
nav-skip = Skip to main content
nav-menu = Menu
nav-label = Main
nav-check = Check a credential
nav-sign-in = Sign in
nav-sign-out = Sign out
nav-record = My record
nav-shares = My shares
nav-privacy = Privacy and accessibility
demonstration-label = Demonstration
demonstration-text = The people here are made up, and nothing on these pages is a real award.

# Pages for what did not work.
error-home = To the front page
error-reference = If you report this, give this reference:
error-not-found-heading = There is no such page
error-not-found-text = The address may be mistyped, or what stood here is gone. A credential is found by its CeDiD on the front page.
error-not-allowed-heading = You may not do this
error-not-allowed-text = Either your account has no permission for it, or the form was open for too long or came from another site. Go back, load the page again and send the form once more.
error-old-form-heading = This form was opened in another session
error-old-form-text = Nothing was saved. What you typed is kept for half an hour: open the form again, look at it and send it from there.
error-old-form-back = Open the form with what you typed
error-method-heading = This page cannot be used this way
error-method-text = It was asked for with a method that it does not have. Go to the front page and begin there.
error-conflict-heading = This cannot be done as it stands
error-conflict-text = Something changed in the meantime. Go back, look at it again and repeat what you did.
error-too-large-heading = That is too much at once
error-too-large-text = More was sent than this page takes. Send less, or in several parts.
error-too-many-heading = Too many tries
error-too-many-text = There were too many tries from your network. Wait a minute and try again.
error-no-room-heading = Nothing can be saved at the moment
error-no-room-text = The storage is full or read-only. What you entered was not saved; reading still works. The people who run this portal need to make room.
error-unavailable-heading = The record cannot be reached at the moment
error-unavailable-text = Try again in a minute. Nothing that was recorded is lost.
error-not-ready-heading = This is being signed for the first time
error-not-ready-text = Try again in a minute. The credential itself is valid and can be checked in the meantime.
error-bad-request-heading = This request cannot be read
error-bad-request-text = Something in the address or in what was sent is not as it should be. Go back and try again.
error-defect-heading = Something went wrong on our side
error-defect-text = It was written down and will be looked at. What you entered may not have been saved; go back and check before you repeat it.

copy = Copy
copied = Copied

# How an organisation stands on a document.
office-part-of = Part of
office-official = Authorised official:
office-logo = Logo

# A published record.
fact-record-number = Record number
fact-published-on = Published
record-awards-count = { $count ->
    [0] no awards
    [one] one award
   *[other] { $count } awards
}
record-newer = A newer record of this learner was published on { $date }. This one says what was true on its day, and still stands.
verdict-newest-revoked = It has been revoked since, so nothing of this award stands.
