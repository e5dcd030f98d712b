"""Python instead of TOML: functions become the operations of a service.

Type hints and docstrings are translated into a program file whose commands run the functions, each
run in a process of its own. So all that holds for programs holds for functions.
"""
