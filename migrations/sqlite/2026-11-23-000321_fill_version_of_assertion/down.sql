UPDATE assertion SET achievement_version = NULL;
