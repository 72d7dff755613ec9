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
