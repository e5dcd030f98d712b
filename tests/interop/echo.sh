#!/bin/sh
# Leaves each of its arguments in a file; of an empty one of those that may be absent, nothing.
shift
printf %s "$1" >words
[ -z "$2" ] || printf %s "$2" >more
[ -z "$3" ] || printf %s "$3" >loud
printf %s "$4|$5|$6|$7" >rest
