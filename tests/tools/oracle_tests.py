"""oracle_tests.py DIRECTORY RESULTS: runs the unit tests of the oracle and writes what came of them in the XML elements of xunit."""

import sys
import unittest
import xml.etree.ElementTree as xml


class Recorder(unittest.TextTestResult):
    """Notes every test; a test with subtests that failed is one failed test."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.seen = {}

    def note(self, test, result, detail=""):
        if self.seen.get(test.id(), ("Pass", ""))[0] == "Pass":
            self.seen[test.id()] = (result, detail)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "Pass")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "Fail", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "Fail", self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "Fail", f"{subtest}\n{self._exc_info_to_string(err, test)}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "Skip", reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "Pass")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "Fail", "It was expected to fail, and passed.")


def as_xml(seen):
    root = xml.Element("assemblies")
    parent = xml.SubElement(xml.SubElement(root, "assembly"), "collection")
    for name, (result, detail) in seen.items():
        test = xml.SubElement(parent, "test", name=name, result=result)
        if result == "Skip":
            xml.SubElement(test, "reason").text = printable(detail)
        if result == "Fail":
            xml.SubElement(xml.SubElement(test, "failure"), "message").text = printable(detail)
    return xml.ElementTree(root)


def printable(text):
    """XML 1.0 has no way to write most control characters."""
    return "".join(c if c in "\n\t" or c >= " " else f"\\x{ord(c):02x}" for c in text)


def main(directory, results):
    tests = unittest.defaultTestLoader.discover(directory)
    ran = unittest.TextTestRunner(resultclass=Recorder, verbosity=2).run(tests)
    as_xml(ran.seen).write(results, encoding="utf-8")
    return 0 if ran.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
