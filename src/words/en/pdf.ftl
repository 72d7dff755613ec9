# Words of the pdf room.

pdf-title = { $title }: { $holder }
pdf-page = Page { $page } of { $pages }
pdf-foot = CeDiD { $code } · Status at { $page }
pdf-attachment = The facts of this document as JSON (Comprehensive Learner Record)
pdf-qr = QR code that opens { $page }
pdf-scan = Scan for the present status
pdf-status-is-online = This document says what was true when it was made. Whether the credential stands today is answered at:

pdf-verdict-revoked = This credential has been revoked
pdf-verdict-suspended = This credential is suspended
pdf-verdict-replaced = This credential has been replaced
pdf-verdict-expired = This credential has expired
pdf-since = Since { $date }.
pdf-replaced-by = The credential that stands in its place: { $code }.

pdf-official = Official: { $name }
pdf-source = Source of the statement
pdf-fact-replaces = Replaces
pdf-reissued = { $code }. Corrected and reissued on { $date }.
pdf-certificate-reissued = Reissued on { $date }
pdf-fact-activity = Activity
pdf-fact-license = License number
pdf-fact-narrative = Narrative
pdf-fact-code = Code
pdf-fact-field = Field of study
pdf-fact-level = Level
pdf-fact-specialization = Specialization
pdf-fact-tags = Tags
pdf-fact-alignment = Aligned with
pdf-fact-related = Related
pdf-fact-evidence = Evidence
pdf-fact-endorsements = Endorsements
pdf-credits-of = { $earned } of { $available }
pdf-credits-available = { $available } available

pdf-result = { $name }: { $value }
pdf-scale = from { $min } to { $max }
pdf-required = { $value } required
pdf-status-Completed = Completed
pdf-status-Enrolled = Enrolled
pdf-status-Failed = Failed
pdf-status-InProgress = In progress
pdf-status-OnHold = On hold
pdf-status-Withdrew = Withdrew
pdf-association-exactMatchOf = Equivalent to { $title }
pdf-association-exemplar = An example of { $title }
pdf-association-hasSkillLevel = Has the skill level { $title }
pdf-association-isChildOf = Belongs under { $title }
pdf-association-isParentOf = Stands above { $title }
pdf-association-isPartOf = Part of { $title }
pdf-association-isPeerOf = Stands beside { $title }
pdf-association-isRelatedTo = Related to { $title }
pdf-association-precedes = Comes before { $title }
pdf-association-replacedBy = Given up in favor of { $title }

pdf-rubric = Rubric: { $name }
pdf-criterion = Criterion
pdf-level = Level reached
pdf-points = Points
pdf-event = Event
pdf-area = Area
pdf-date = Date

pdf-record = Comprehensive Learner Record
pdf-record-title = Comprehensive Learner Record of { $learner }
pdf-record-foot = As of { $date } · { $page }
pdf-record-empty = No awards.
pdf-record-how-to-validate = To validate the authenticity of an award in this record, visit the institution’s website and enter its CeDiD.
pdf-record-status-is-online = This document says what was true when it was made. How the awards stand today is answered at:
pdf-awards = { $count ->
    [one] One award
   *[other] { $count } awards
}
pdf-as-of = as of { $date }
pdf-partial = This is a part of the record: the publisher knows more than is shown here.
pdf-complete = This is the whole record that the publisher keeps.
pdf-standing = Standing
pdf-learner = Learner
pdf-student-number = Student number
pdf-sourced-id = Source system id
pdf-birth-date = Date of birth
pdf-email = Email
pdf-telephone = Telephone
pdf-website = Website
pdf-address = Address

pdf-certifies = certifies that
pdf-has-earned = has been awarded
pdf-conferred = Conferred on { $date }
pdf-certificate-check = Check this certificate at
pdf-certificate-title = Certificate: { $title }

pdf-record-number = Record { $number }
pdf-published-on = published on { $date }
pdf-record-name = Name
pdf-verdict-record-revoked = This record has been revoked
pdf-verdict-record-suspended = This record is suspended
pdf-verdict-record-replaced = This record has been replaced
pdf-verdict-record-expired = This record has expired
pdf-withdrawn = Taken back since an earlier record
pdf-withdrawn-text = These awards stood in an earlier record of this learner and have been revoked or replaced since.
pdf-pathway = Pathway
pdf-step = Step
pdf-step-type = Type
pdf-step-done = Earned on { $date }
pdf-step-open = Not earned in this record
pdf-cover-text = This confirms that the record exists and how it stands. It shows no award: the record itself is handed on by its holder.
pdf-cover-awards = Awards in the record
pdf-cover-title = Record { $number } of { $holder }
pdf-cover-how-to-validate = To validate the authenticity of this record, visit the institution’s website and enter the CeDiD above.
pdf-share-consent = Shown with the holder’s consent, to one recipient for one purpose. It may not be passed on to anybody else without the holder’s consent.
pdf-share-ends = The link to the present status works until { $date } and can be switched off by the holder before. The awards do not end with it.
pdf-share-until-off = The link to the present status works until the holder switches it off. The awards do not end with it.

# The sheet that is signed at an event.
pdf-sheet-title = Attendance: { $event }
pdf-sheet-line = No.
pdf-sheet-name = Name
pdf-sheet-signature = Signature
pdf-sheet-page = Page { $page }
