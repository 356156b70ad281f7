"""The profile of one district, street or community: what is wrong there, with whom, who acts, how it compares."""
