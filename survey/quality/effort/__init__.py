"""Effort: indices of careless answering in one response, each compared with the other answers of the study.

Reviews: Curran 2016 (J. Exp. Soc. Psychol. 66:4), Meijer & Sijtsma 2001 (Appl. Psychol. Meas. 25:107). No index reads
satisfaction: swapping the ends of all scales changes none of them.
"""
