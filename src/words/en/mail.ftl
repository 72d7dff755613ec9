# Words of the mail room.
