# Runs the Autobahn test suite's `wstest` from a folder that pip has installed it into (--target):
#     python2.7 wstest.py FOLDER ARGUMENT...
import site
import sys

# Reads the .pth files in it, which its namespace packages need.
site.addsitedir(sys.argv.pop(1))

from autobahntestsuite import wstest

wstest.run()
