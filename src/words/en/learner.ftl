# Words of the learner room.

# Asking for a sign-in link.
link-heading = Get a sign-in link
link-text = Learners need no password. Enter the e-mail address that the registrar’s office has for you, and a link that opens your record comes by mail.
link-send = Send me a link
link-staff = Working for the institution?
link-staff-sign-in = Sign in as staff
link-no-mail = This portal is not set up to send mail yet. Ask the registrar’s office for help.
email-missing = Enter your e-mail address
email-malformed = Enter an e-mail address with an @, such as name@example.edu
sent-heading = Look in your mail
sent-text = If that address belongs to a learner here, a link is on its way. It works once, within { $minutes } minutes.
sent-nothing-heading = Nothing came?
sent-nothing-spam = Look in the folder for unwanted mail, and allow it a few minutes.
sent-nothing-other = Try another address that you may have given the office, such as the one for after your studies.
sent-nothing-office = Ask the registrar’s office named below which address it has.
sent-again = Get a new link
confirm-heading = Open your record
confirm-text = This link signs you in on this device. It can be used once; the button uses it.
confirm-button = Sign in
used-heading = This link no longer works
used-text = It was used before, or it is too old. Nothing is wrong with your record: get a new link and use that one.

# The record.
record-kind = Comprehensive Learner Record
record-count = { $count ->
    [0] No awards yet,
    [one] One award,
   *[other] { $count } awards,
}
record-from = from the official record of { $institution }.
record-awards = Awards
record-empty = Nothing was awarded yet. Awards appear here as soon as they are issued, and you are told by mail.
record-pdf = PDF
record-json = JSON
record-vc = CLR 2.0, signed
record-jwt = CLR 2.0 as JWT
held-privacy = A privacy hold is on. Nothing of your record is shown to anybody but you and the registrar’s office, and your codes open nothing for others. You can download everything here.
held-documents = The registrar’s office has placed a hold. You see your record here, but official documents are withheld until the office has cleared it, and your codes open nothing for others. Please ask the registrar’s office.
held-download = Official documents are withheld until the registrar’s office has cleared a hold on your record. You still see your record; please ask the office what is open.
record-unsigned = There is nothing signed in this record yet. Once an award of it is issued by an office with a key here, its signed form can be downloaded.
record-publisher = Publisher
record-no-publisher = This portal is not set up yet: the institution has not said who publishes its records.
record-wrong-heading = Something wrong?
record-wrong-text = Ask the registrar’s office to correct a name, a date or a missing award. What was issued stays valid meanwhile.
own-heading = About you
own-name = Name
own-student-id = Student number
own-email = E-mail address
own-telephone = Telephone
own-birth-date = Date of birth
own-address = Postal address
own-url = Web site
own-sourced-id = Number in the source system
own-profile-id = Profile id
own-note = Only you and the registrar’s office see this. Whoever checks one of your credentials sees your name and profile id.
award-conferred = Conferred { $date }
award-since = Since { $date }.
award-events = { $count ->
    [one] One event behind it
   *[other] { $count } events behind it
}
award-pdf = PDF
award-json = JSON
award-badge = Badge

# Published records.
published-heading = Published records
published-text = Official records of your achievements on a certain day. Give the code to whoever should check one; it shows your name and no award.
published-latest = latest
published-on = Published { $date }
published-open = Open
record-number = Record { $number }
record-extent = Extent
record-partial = A part of the record: the publisher knows more than is shown here.
record-whole = The whole record that the publisher kept on that day.
record-withdrawn = Taken back since an earlier record
record-withdrawn-text = These assertions stood in an earlier record and have been revoked or replaced since.
pathway-heading = Pathway
pathway-text = What the awards belong to, and which steps are still open.
pathway-depth = Level { $depth }:
pathway-done = earned { $date }
pathway-open = not earned in this record

# Checking in at an event with the code on its screen.
check-in-heading = Check in
check-in-button = I am here
check-in-email = Your e-mail address
check-in-sign-in = You are not signed in on this device. A link comes by mail that checks you in; you count as having come now.
check-in-send = Send me the link
check-in-sent = If that address belongs to a learner here, a link is on its way. Open it on this device within { $minutes } minutes and confirm; you count as having come now.
check-in-done = You are checked in
check-in-done-text = { $event } knows that you came. You can close this page.
check-in-before = You were checked in already
check-in-before-text = Since { $time }. You count once; there is nothing more to do.
check-in-not-yet = Check-in is not open yet
check-in-not-yet-text = It opens on { $time }. Scan the code on the screen again then.
check-in-closed = Check-in is closed
check-in-closed-text = It closes half an hour after the end. If you were there, ask the host to add you.
check-in-cancelled = This event is cancelled
check-in-cancelled-text = Nobody can check in.
check-in-old = This code has run out
check-in-old-text = The code on the screen changes every half minute. Scan the one that is shown now.
check-in-elsewhere = This code is for another event
check-in-elsewhere-text = Scan the code on the screen in your room.
check-in-unknown = This code is not one of ours
check-in-unknown-text = Scan the code on the screen in your room, or ask the host to check you in.
check-in-otherwise = The office has recorded you otherwise
check-in-otherwise-text = You were recorded as absent or excused. Ask the host at the desk to correct it.
check-in-barred = You can’t be checked in
check-in-barred-text = Ask the host at the desk.
check-in-codes = Both codes stand on the screen in the room.
check-in-event = Code of the event
check-in-code = Code on the screen, which changes
check-in-go = Go on
check-in-no-event = No event has this code
check-in-no-code = Enter the code on the screen
