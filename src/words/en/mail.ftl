# Words of the mail room.

mail-greeting = Hello { $name },
mail-link-by-hand = If the button does not work, copy this address into your browser:

mail-award-subject = You have been awarded: { $title }
mail-award-intro = { $publisher } has issued this award to you. It is now part of your official record.
mail-award-open = See your credential
mail-award-check = Anyone to whom you give the CeDiD can check this award at { $address }, without an account.
mail-award-record = Your whole record, to download or to share:
mail-award-why = You receive this message because { $publisher } has issued an award to you. If something in it is wrong, please tell { $publisher }.

mail-sign-in-subject = Sign in to { $institution }
mail-sign-in-intro = With this link you sign in to your record at { $institution }. { $minutes ->
    [one] It works once, within one minute.
   *[other] It works once, within { $minutes } minutes.
}
mail-sign-in-open = Sign in
mail-sign-in-why = You receive this message because somebody asked for a sign-in link for this address at { $institution }. If that was not you, ignore it: without the link nobody is signed in.

mail-staff-subject = Set up your account at { $institution }
mail-staff-intro = { $institution } has made an account for you. Your role: { $role }. With this link you set it up and choose a password. { $hours ->
    [one] It works once, within one hour.
   *[other] It works once, within { $hours } hours.
}
mail-staff-open = Set up your account
mail-staff-why = You receive this message because an administrator at { $institution } made an account for this address. If you did not expect it, leave the link alone and tell them.

mail-record-subject = A record of your achievements was published by { $publisher }
mail-record-intro = { $publisher } has published an official record of your achievements. It lies in your record, as PDF and as JSON.
mail-record-open = See your record
mail-record-check = Anyone to whom you give the record’s CeDiD can check at { $address } that it is genuine, without an account. The code shows your name and no award.
mail-record-why = You receive this message because { $publisher } has published your record. If something in it is wrong, please tell { $publisher }.

mail-revoked-subject = An award of yours was revoked: { $title }
mail-revoked-intro = { $publisher } has revoked this credential. It is no longer valid.
mail-suspended-subject = An award of yours is suspended: { $title }
mail-suspended-intro = { $publisher } has suspended this credential while a question about it is settled. You receive another message when it is in force again.
mail-lifted-subject = An award of yours is in force again: { $title }
mail-lifted-intro = { $publisher } has lifted the suspension of this credential. It is valid.
mail-corrected-subject = An award of yours was corrected: { $title }
mail-corrected-intro = { $publisher } has corrected this credential and issued it again under a new code. The conferral date is the same. Use the new one from now on.
mail-corrected-told = Whoever checks the earlier code is led to it.
mail-status-told = Whoever checks its code is told so.
mail-status-newest = New CeDiD
mail-status-earlier = Earlier CeDiD
mail-status-reason = Reason
mail-status-open = See the credential
mail-record-revoked-subject = A published record of yours was revoked: record { $number }
mail-record-revoked-intro = { $publisher } has revoked this published record. It is no longer valid; the awards in it stand as they stood.
mail-record-suspended-subject = A published record of yours is suspended: record { $number }
mail-record-suspended-intro = { $publisher } has suspended this published record while a question about it is settled; the awards in it stand as they stood. You receive another message when it is in force again.
mail-record-lifted-subject = A published record of yours is in force again: record { $number }
mail-record-lifted-intro = { $publisher } has lifted the suspension of this published record. It is valid.
mail-record-status-open = See what its code opens
mail-record-status-why = You receive this message because { $publisher } has changed how a published record of yours stands. If you think that this is wrong, please tell { $publisher }.
mail-status-why = You receive this message because { $publisher } has changed how a credential of yours stands. If you think that this is wrong, please tell { $publisher }.

mail-share-made-subject = Your consent: awards shown to { $recipient }
mail-share-made-intro = You have consented that { $institution } shows awards of yours through a link. This is your copy. You can switch the link off at any time; the awards themselves are not touched by that.
mail-share-off-subject = A share of yours was switched off: { $recipient }
mail-share-off-intro = The registrar’s office of { $institution } has switched off a link through which awards of yours were shown. The awards themselves stand as they stood.
mail-share-open = See your shares
mail-share-why = You receive this message because a share of your record at { $institution } was made or changed. If it was not you who made it, switch it off and tell the registrar’s office.
mail-checkpoint-subject = Checkpoint of the audit trail, no. { $seq }: { $publisher }
mail-checkpoint-intro = The portal has signed for its audit trail up to entry no. { $seq }, at { $at }. Keep this message: whoever changes an earlier entry, or takes one away, cannot make it agree with this signature.
mail-checkpoint-token = The signed checkpoint
mail-checkpoint-how = To compare, save the line above in a file and run on the portal’s machine: testamur verify --audit --checkpoint FILE
mail-checkpoint-why = You receive this message because { $address } sends its checkpoints to this address. An administrator can change that in the settings.
