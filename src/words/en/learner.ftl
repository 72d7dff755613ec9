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
record-jws = CLR 1.0, signed
held-privacy = A privacy hold is on. Nothing of your record is shown to anybody but you and the registrar’s office, and your codes open nothing for others. You can download everything here.
held-documents = The registrar’s office has placed a hold. You see your record here, but official documents are withheld until the office has cleared it, and your codes open nothing for others. Please ask the registrar’s office.
held-download = Official documents are withheld until the registrar’s office has cleared a hold on your record. You still see your record; please ask the office what is open.
record-unsigned = There is nothing signed in this record yet. Once an award of it is issued by an office with a key here, its signed form can be downloaded.
record-publisher = Publisher
record-no-publisher = This portal is not set up yet: the institution has not said who publishes its records.
record-not-believed = The signed files of these are not to be relied on by themselves: their key was in other hands. What the record says of them stands. Ask the registrar’s office to issue them again.
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
record-withdrawn-text = These awards stood in an earlier record and have been revoked or replaced since.
pathway-heading = Pathway
pathway-text = What the awards belong to, and which steps are still open.
pathway-depth = Level { $depth }:
pathway-done = earned { $date }
pathway-open = not earned in this record

# Shares.
share-action = Share…
shares-lede = Links through which others see awards of yours. A link ends; the awards do not.
shares-empty = You share nothing at the moment. A share is a link that shows the awards you choose to whom you choose, for as long as you choose.
share-new = New share
share-new-heading = Share awards
share-new-lede = You choose what is shown, and you get a link to hand on. You can switch it off at any time.
share-kept = Your session had ended. This is what you had typed; nothing was shared yet.
share-nothing = There is no award that could be shared yet. Awards appear here as soon as they are issued.
share-what = What is shown
share-what-hint = Take out what you do not want to show. Your name is shown with it, and nothing else about you.
share-whom = For whom and what for
share-recipient = Recipient
share-recipient-hint = A person, a company or a school. The page that the link opens names it.
share-purpose = Purpose
share-purpose-hint = Such as an application. It is kept with your consent and not shown to the recipient.
share-how-long = How long the link works
share-how-long-hint = The link ends; the awards do not end with it.
share-days = { $days } days
share-year = A year
share-until-off-choice = Until I switch it off
share-until-off = Until it is switched off
share-taken-along = What may be taken along
share-taken-hint = The page can be looked at in any case. What was taken along stays with the recipient when the link has ended.
share-json-hint = For programs of schools and employers.
share-vc-hint = For wallets and programs that check signatures (Open Badges 3.0 in CLR 2.0).
share-agree = By making this link I consent that { $institution } shows the awards chosen above to the recipient, for the purpose and the time that I have entered.
share-copy-mail = Send me a copy of this consent by mail
share-make = I consent, make the link
share-leave = Share nothing
share-no-award = Choose at least one award
share-no-recipient = Enter who will see the awards
share-no-purpose = Enter what the recipient needs them for
share-no-term = Choose how long the link works
share-too-long = Use at most 255 characters on one line
share-held-privacy = A privacy hold is on: your codes open nothing for others. Links that you make here work all the same, because you consent to them.
share-held-documents = The registrar’s office has placed a hold. Your links open nothing, and no new ones can be made, until the office has cleared it. Please ask the registrar’s office.
share-link-made = Your link is ready
share-link-once = The link is shown only now. Copy it before you leave this page; nobody can find it again.
share-link-label = The link
share-link-for = Hand it to { $recipient }, and to nobody else: whoever has it sees what it shows.
share-copy = Copy link
share-mail = Send by mail
share-qr-label = QR code that opens the link
share-qr-text = Scan to open the link
share-link-ends-own = It works until { $date }, or until you switch it off.
share-link-open-own = It works until you switch it off.
share-to-share = See this share
share-see-preview = See it as the recipient does
share-with = Shared with { $recipient }
share-state-on = On
share-state-over = Over
share-state-off = Switched off
share-switch-off = Switch off
share-take-out = Take out
share-says-partial = The recipient is told that this is a part of your record.
share-says-whole = This is your whole record as it stands, and the recipient is told so.
share-openings = Opened
share-opened = { $times ->
    [0] Not opened yet
    [one] Opened once
   *[other] Opened { $times } times
}
share-opened-last = , last on { $time }
share-ends = Ends
share-ends-on = until { $date }
share-lost-heading = Link lost, or in wrong hands?
share-lost-text = Nobody can find a link again. Switch this one off, which works at once, and make a new share.
share-consent-heading = Your consent
share-consent-text = This is your copy; you can print it. What you consented to is never changed or deleted. Switching off takes the consent back for the time to come.
share-awards = Awards
share-made = Consented
share-signed-in = Signed in
share-signed-in-as = With a link that was mailed to { $email }
share-signed-in-plain = With a mailed link
share-off-by-office = by the registrar’s office
disclosures-heading = Who saw what
disclosures-lede = Each time a link of yours was opened, the newest first. Opening a preview yourself is not counted.
disclosures-empty = Nothing of your record was shown through a link yet.
disclosures-older = Older ones
disclosures-link = Who saw what, and when
disclosed-page = Page
disclosed-pdf = PDF
disclosed-json = CLR 1.0 (JSON)
disclosed-vc = CLR 2.0, signed
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

underway-counted = { $count ->
    [one] One event counts
   *[other] { $count } events count
}
underway-events = Events
underway-earned = Earned
underway-earned-text = You have earned it. The award stands here as soon as the office confers it, and you are told by mail.
underway-lacks = You need
underway-next = What comes next
underway-attendance = { $count ->
    [one] See the event at which you are recorded
   *[other] See the { $count } events at which you are recorded
}

attendance-heading = My events
attendance-lede = What is recorded of you at each event. If something is wrong, say so here, and the office looks at it.
attendance-empty = Nothing is recorded of you at any event yet.
attendance-attended = Attended
attendance-absent = Absent
attendance-excused = Excused
attendance-cancelled = This event was cancelled.
attendance-dispute = This is wrong
attendance-disputed = You said that this is wrong. The office has not answered yet.
attendance-granted = The office changed the record.
attendance-declined = The office left the record as it is.
dispute-heading = Say that it is wrong
dispute-said = What is wrong?
dispute-hint = Say what happened: where you were, who saw you, or what you have to show. Whoever held the event reads it.
dispute-send = Send to the office
dispute-leave = Leave it
