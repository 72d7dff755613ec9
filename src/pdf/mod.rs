//! Record or credential → PDF: fonts, layout, QR code, attachment, tags.
