"""Calculates: python calculator.py {add,subtract,multiply,divide} A B.

A small program of its own: it knows nothing of services. It prints the result, exactly where that
is possible and to 28 digits otherwise.
"""

import argparse
import sys
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow


def main() -> None:
    parser = argparse.ArgumentParser(description="Calculates with two decimal numbers.")
    parser.add_argument("operation", choices=["add", "subtract", "multiply", "divide"])
    parser.add_argument("a", type=Decimal)
    parser.add_argument("b", type=Decimal)
    asked = parser.parse_args()
    try:
        match asked.operation:
            case "add":
                result = asked.a + asked.b
            case "subtract":
                result = asked.a - asked.b
            case "multiply":
                result = asked.a * asked.b
            case _:
                result = asked.a / asked.b
    except (DivisionByZero, InvalidOperation):
        sys.exit(f"{asked.a} cannot be divided by {asked.b}")
    except Overflow:
        sys.exit("The result is too large")
    print("Result:", result)


if __name__ == "__main__":
    main()
