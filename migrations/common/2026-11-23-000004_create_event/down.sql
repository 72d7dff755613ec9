DROP TABLE attendance;
DROP TABLE event;
