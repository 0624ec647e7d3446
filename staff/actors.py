"""Who asks for something: services take any visitor and refuse those who did not sign in."""

from django.contrib.auth.models import AnonymousUser

from staff.models import Employee

Actor = Employee | AnonymousUser
