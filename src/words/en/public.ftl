# Words of the public room.

# The front page and the box for a code.
home-title = Check a credential
home-heading = Is this credential genuine?
home-lede = Enter the code printed on it. The answer comes straight from the official record of { $institution }. No account is needed.
home-lede-plain = Enter the code printed on it. The answer comes straight from the official record. No account is needed.
home-picture = A printed credential. The CeDiD stands below the QR code, at the lower right.
home-caption = Every credential we issue carries its CeDiD and a QR code. A phone camera opens the same page.
home-learners-heading = Not checking a credential?
home-learners-link = See your own record
home-learners-text = Learners get a sign-in link by mail. It opens the whole record, with its PDF and JSON.
home-staff-link = Sign in as staff
home-staff-text = For the registrar’s office and the offices that issue awards.
cedid-hint = Twelve letters and digits, such as { $example }. Capitals, spaces and dashes do not matter, and you may paste the whole link.
cedid-check = Check credential
cedid-check-again = Check again
cedid-missing = Enter the CeDiD that stands on the credential
cedid-malformed = A CeDiD has twelve letters and digits, such as 19FD-D80S-A9TU
cedid-mistyped = Compare each symbol with the document

# Verdicts.
verdict-valid-heading = This credential is valid
verdict-valid-text = Issued by this office and in force.
verdict-revoked-heading = This credential has been revoked
verdict-revoked-on = Revoked on { $date }.
verdict-revoked-text = It must not be relied on.
verdict-replaced-heading = This credential has been replaced
verdict-replaced-on = Another credential took its place on { $date }.
verdict-replaced-text = Rely on the newest one only.
verdict-suspended-heading = This credential is suspended
verdict-suspended-since = Since { $date }, while a question about it is settled.
verdict-suspended-text = It is neither valid nor revoked for now; lists of revoked credentials cannot tell the two apart. Check again later.
verdict-expired-heading = This credential has expired
verdict-expired-after = It was valid through { $date }.
verdict-reason = Public reason:
verdict-newest = In its place stands
verdict-see = See the credential
verdict-another = Check another credential
unknown-heading = We cannot confirm this code
unknown-text = No published credential of ours answers to { $code }.
unknown-advice = Compare it with the document once more. A learner can also keep a credential private; then the holder can tell you more.
unknown-again = Enter another code
unknown-ask = Ask the registrar’s office
unknown-call = Call
mistyped-heading = This code looks mistyped
mistyped-text = Its last symbol does not fit the other eleven, so it cannot be one of ours as typed.
several-heading = Which of these do you mean?
several-text = As typed, { $code } can be read in several ways: O as zero, I and L as one. Compare with the document.
several-open = Open

# The credential page.
credential-pdf = Download PDF
credential-certificate = Wall certificate
credential-json = Export json
credential-vc = Open Badge, signed
credential-signed = Export signed (JWS)
credential-png = Badge (PNG)
credential-svg = Badge (SVG)
credential-qr-label = QR code that opens this page
credential-qr-text = Scan to open this page
check-heading = What we checked
check-code = The code belongs to one award
check-code-text = Found in the registrar’s record under this CeDiD.
check-status = Not revoked, suspended or replaced
check-status-open = Status read just now; the award does not expire.
check-status-until = Status read just now; the award is valid through { $date }.
check-status-now = Status read just now.
check-compare = The rest is yours to compare
check-compare-text = Name, title and conferral date must be the same here and on the document you hold. If they differ, trust this page.
fact-credits-of = of { $available }
fact-credits-available = Credits available
fact-licence = Licence number
fact-activity = Activity
fact-criteria-page = Page with the criteria
fact-replaces = Replaces
fact-reissued = Corrected and reissued on { $date }.
fact-stated-by = Stated by
event-hours = { $date }, { $from } to { $to } UTC
event-days = { $date }, { $from } to { $last }, { $to } UTC
results-heading = Results
results-rubric = Rubric: { $name }
results-what = Result
results-criterion = Criterion
results-reached = Reached
results-possible = Could be reached
results-none = Not recorded
results-points = { $points } points
results-levels = { $count ->
    [one] One level
   *[other] { $count } levels, low to high
}
results-min = From { $value }
results-max = To { $value }
results-required = Needed: { $value }
result-completed = Completed
result-enrolled = Enrolled
result-failed = Failed
result-in-progress = In progress
result-on-hold = On hold
result-withdrew = Withdrew
narrative-heading = In the issuer’s words
evidence-heading = Evidence
evidence-audience = For { $audience }
endorsements-heading = Endorsements
endorsement-of = { $endorser } on { $endorsed }
endorsement-revoked = Taken back: { $reason }
evidence-inside = A file inside the JSON export
achievement-issuer = Issued by
achievement-results = What can be reached
achievement-retired = No longer awarded
achievement-version = Version { $number }, first awarded on { $date }
achievement-versions = Versions
achievement-version-link = Version { $number }
achievement-version-newest = the newest

about-heading = About this award
about-learner = Learner
about-award = Award
about-type = Type
about-code = Code
about-field = Field of study
about-level = Level
about-specialization = Specialization
about-tags = Tags
about-alignments = Alignments
about-associations = Related achievements
about-image = Badge image
about-image-own = Image of this award
about-issued-on = Issued
about-identifiers = Identifiers and further members
about-id-assertion = Assertion
about-id-learner = Learner’s profile
about-given-name = Given name
about-additional-name = Additional name
about-family-name = Family name
about-id-achievement = Achievement
about-version = version { $number }
tie-exact-match-of = Exact match of
tie-exemplar = Example of
tie-has-skill-level = Has skill level
tie-is-child-of = Child of
tie-is-parent-of = Parent of
tie-is-part-of = Part of
tie-is-peer-of = Peer of
tie-is-related-to = Related to
tie-precedes = Precedes
tie-replaced-by = Replaced by

# Privacy and accessibility.
privacy-checking-heading = When you check a credential
privacy-checking-cookies = No account is needed, and no cookie is set on the pages where credentials are checked and shown.
privacy-checking-limits = Your network address is kept in memory for a few minutes when a code is not found, so that nobody can try out codes at random. The portal itself writes down neither which codes you check nor that you did; a web server in front of it may keep its usual log.
privacy-checking-elsewhere = These pages load nothing from other sites: no fonts, no counters, no advertising.
privacy-code-heading = What a code opens
privacy-code-text = Whoever has a CeDiD sees that one credential with the holder’s name and profile id. A CeDiD opens no e-mail address, student number, date of birth or postal address, and no other award.
privacy-share-heading = When you open a link that somebody shared with you
privacy-share-text = The portal writes down that the link was opened, when, and whether the page or a file was taken, for its holder and the registrar’s office to see. It does not write down who you are or where you came from, and sets no cookie.
privacy-session-heading = When you sign in
privacy-session-text = One cookie keeps you signed in. It holds a random key and nothing about you, is read by this portal alone, and ends when you sign out or after a day at the latest.
privacy-session-mail = Links that sign learners in work once and for a short time. Only a fingerprint of each is stored.
privacy-access-heading = Accessibility
privacy-access-aim = These pages are made to meet WCAG 2.2 at level AA. They work with a keyboard, with a screen reader, enlarged, in light and dark, on paper, and without scripts.
privacy-access-how = Official documents are tagged PDFs; the same facts stand on the page and in the JSON.
privacy-access-contact = If something keeps you from using them, tell the office named at the foot of this page. It will give you the same information another way.

# What the code of a published record opens.
record-verdict-valid = This is an official record, and it is valid
record-verdict-valid-text = Published by this office and in force.
record-verdict-revoked = This record has been revoked
record-verdict-replaced = This record has been replaced
record-verdict-suspended = This record is suspended
record-verdict-expired = This record has expired
record-cover-line = Official record of { $awards }, published on { $date }, number { $number }.
record-cover-private = The code shows whose record it is, and none of its awards. The record itself is handed on by its holder: compare the number, the date and how many awards stand in it.
record-cover-awards = Awards in it
record-cover-id = Profile id
record-cover-pdf = Confirmation as PDF
record-cover-json = Confirmation as JSON

# Checking a file
verify-title = Check a file
verify-heading = Check a credential that you were sent
verify-lede = Choose the file, or paste what is in it. Each thing that can be checked is told by itself. No account is needed.
verify-file = The file
verify-file-hint = A PDF of ours, a badge image (PNG or SVG), or a JSON or JWT file, at most 10 MB.
verify-pasted = Or its text
verify-pasted-hint = JSON, or a signed token of three parts with dots between them.
verify-check = Check it
verify-privacy = What you hand in is looked at and forgotten.
verify-have-code = Do you have a code such as 19FD-D80S-A9TU instead?
verify-enter-code = Enter the code
verify-missing = Choose a file, or paste its text
verify-too-large = The file is larger than 10 MB, which is more than any credential needs
verify-says = What it says of itself
verify-says-hint = Who handed it in could have written this: believe it only if the checks below hold.
verify-checks = What was checked
verify-part = Credential within it, no.
verify-part-checks = What was checked of it
verify-technical = Technical detail
verify-again = Check another one
verify-verdict-valid = It is genuine and valid
verify-verdict-invalid = It is not valid
verify-verdict-unchecked = It could not be checked in full
verify-meaning-valid = Every check below holds.
verify-meaning-invalid = At least one check below failed. Do not rely on it.
verify-meaning-unchecked = Nothing speaks against it, but something that matters could not be checked. Do not rely on it yet; ask its issuer.
verify-outcome-passed = passed
verify-outcome-failed = failed
verify-outcome-unchecked = could not be checked
verify-fact-credential = Credential
verify-fact-holder = Holder
verify-fact-issuer = Issuer
verify-fact-issued = Issued
verify-check-structure = Can it be read?
verify-check-defined = Is every word in it defined?
verify-check-context = Does it name its standard?
verify-check-type = Does it say what it is?
verify-check-schema = Is it written as the standard asks?
verify-check-subject = Does it say whom and what it is about?
verify-check-evidence = Is its evidence well formed?
verify-check-issuer = Does it say who issued it?
verify-check-references = Does everything in it fit together?
verify-check-claims = Does its wrapping say the same?
verify-check-signature = Is it unchanged since it was signed?
verify-check-key = Is the key the issuer’s?
verify-check-key-state = Could the key be trusted then?
verify-check-record = Is it as in the official record?
verify-check-hosted = Is it the same at its own address?
verify-check-status = Is it in force?
verify-check-newest = Is it the newest?
verify-check-expiration = Has it expired?
verify-check-issuance = Has it begun?
verify-check-recipient = Is all of it about the same person?
verify-check-endorsement = Do its endorsements hold?
verify-link = Were you sent a file? Check the file

# What a learner's share shows.
share-title = Awards of { $name }
share-all-valid = { $count ->
    [one] This award is genuine and valid
   *[other] These awards are genuine and valid
}
share-some-invalid = { $count ->
    [one] One award here is not in force
   *[other] { $count } awards here are not in force
}
share-verdict-text = Read from the official record just now; each award says how it stands.
share-partial = This is a part of the record: the holder chose what is shown.
share-whole = This is the whole record that the publisher keeps.
share-more = What is behind it
share-link-heading = About this link
share-link-ends = The link works until { $date } and may be switched off before by its holder. The awards do not end with it.
share-link-open = The link works until its holder switches it off. The awards do not end with it.
share-consent-note = Shown with the holder’s consent to { $recipient } and to nobody else. Do not pass it on without a further consent of the holder.
share-preview = This is what the recipient of the link sees.
share-preview-back = Back to your share
share-gone-heading = This link opens nothing any more
share-gone-text = Its time is over, or it was switched off. That says nothing about the awards that it showed: a link ends, an award does not end with it.
share-gone-advice = Ask whoever gave you the link for a new one, or check a credential by the code printed on it.
# An event's public page
event-cancelled = This event is cancelled.
event-when = When
event-where = Where
event-areas = Areas
event-room = Room for
