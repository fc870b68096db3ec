"""A proposed access entry tried on what the log says happened: whom would it have met?"""
