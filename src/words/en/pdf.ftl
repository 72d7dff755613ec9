# Words of the pdf room.
