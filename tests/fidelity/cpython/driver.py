# Runs CPython's own tests, named on the command line, and prints one line a test: RESULT ok test.test_socket.…
import os
import sys
import unittest
from test import support

support.use_resources = []  # none that costs: above all, no internet
support.verbose = False


class Result(unittest.TestResult):
    failed = False

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "ok"

    def note(self, outcome):
        self.outcome = outcome

    def addError(self, test, error):
        self.report("error", test, error)

    def addFailure(self, test, error):
        self.report("failure", test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.report("failure", test, error)

    def addSkip(self, test, reason):
        self.note("skip")
        if not hasattr(test, "_testMethodName"):
            self.stopTest(test)

    def addExpectedFailure(self, test, error):
        self.note("expected failure")

    def addUnexpectedSuccess(self, test):
        self.note("unexpected success")

    def report(self, outcome, test, error):
        self.note(outcome)
        if not hasattr(test, "_testMethodName"):  # a setUpClass or setUpModule
            self.stopTest(test)
        print("DETAIL", test.id(), self._exc_info_to_string(error, test), flush=True)

    def stopTest(self, test):
        super().stopTest(test)
        print("RESULT", getattr(self, "outcome", "ok"), test.id(), sep="\t", flush=True)


suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])
suite.run(Result())
print("DONE", flush=True)
os._exit(0)
