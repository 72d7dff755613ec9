# Words of the public room.
