# sh tally.sh LEDGER WORK TAG SECONDS: a program whose starts can be counted.
#
# Each start adds a line to the ledger, which lies outside of every run's folder, and so does each
# end. What it leaves is its tag with an x more; that is there early, and is no result before the
# end. It sleeps, and then goes on for as long as (at most a minute) a file beside the ledger holds
# it back.
echo "start $3 $2" >>"$1"
echo "${3}x" >"$2/next.txt"
sleep "$4"
turns=0
while [ -e "${1%/*}/hold-$3" ] && [ "$turns" -lt 1200 ]; do
    sleep 0.05
    turns=$((turns + 1))
done
echo "end $3 $2" >>"$1"
