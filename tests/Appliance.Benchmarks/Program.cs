using System.Globalization;
using System.Runtime.Intrinsics;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Peers;
using Appliance.Benchmarks.Rows;

// Our kernels beside their peers, in turns in one process. Exit code 1: answers differed or, with --strict, a bar fell short; 2: wrong
// arguments.
const int MaximumRounds = 1001;
const string Usage = "arguments: [--strict] [--rounds N] [--only SUBJECT]... [--row TEXT] [--no-peer]";
bool strict = false, usePeer = true;
int rounds = 15;
var only = new List<string>();
string row = "";
for (int i = 0; i < args.Length; i++)
{
    bool understood = true;
    switch (args[i])
    {
        case "--strict": strict = true; break;
        case "--no-peer": usePeer = false; break;
        case "--only" when i + 1 < args.Length: only.Add(args[++i]); break;
        case "--row" when i + 1 < args.Length: row = args[++i]; break;
        case "--rounds" when i + 1 < args.Length:
            understood = int.TryParse(args[++i], NumberStyles.None, CultureInfo.InvariantCulture, out rounds)
                && rounds is > 0 and <= MaximumRounds;
            break;
        default: understood = false; break;
    }

    if (understood) continue;
    Console.Error.WriteLine($"{args[i]}: not understood; {Usage}");
    return 2;
}

string reason = "--no-peer";
bool peerIsPresent = usePeer && DpdkPeer.TryStart(out reason);
int vectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
Console.WriteLine(peerIsPresent
    ? "peer: DPDK, built for this machine, on the same core as ours"
    : $"peer: absent, so ours runs alone and no bar is judged ({reason})");
Console.WriteLine($"rounds: {rounds}, in turns; vectors: {vectorBits} bits");

var comparison = new InterleavedComparison(rounds);
var table = new ResultTable(Console.Out);
int fallenShort = 0, judged = 0;
table.WriteHeader();
foreach (Func<IBenchmarkRows> create in Catalog.Subjects)
{
    using IBenchmarkRows rows = create();
    if (only.Count > 0 && !only.Contains(rows.Subject, StringComparer.Ordinal)) continue;
    foreach (Comparison work in rows.Prepare(peerIsPresent))
    {
        if (!work.Name.Contains(row, StringComparison.Ordinal)) continue;
        ComparisonResult result = comparison.Run(work);
        table.Write(result);
        if (result.Holds is { } holds) judged++;
        if (result.Holds == false) fallenShort++;
    }
}

Console.WriteLine($"bars: {judged} judged, {fallenShort} fell short");
return strict && fallenShort > 0 ? 1 : 0;
