using System.Globalization;

namespace Appliance.Benchmarks.Harness;

/// <summary>Writes results as aligned text: a line for ours, then one for each peer with the ratio and what became of the bar.</summary>
public sealed class ResultTable(TextWriter output)
{
    public void WriteHeader()
    {
        Write("work", "contender", "ns/unit", "[min..max]", "ours is faster by", "bar");
        output.WriteLine(new string('-', 138));
    }

    public void Write(ComparisonResult result)
    {
        Comparison comparison = result.Comparison;
        string unit = $"(a unit is one {comparison.Unit})";
        Write(comparison.Name, comparison.Ours.Name, Number(result.Ours.Median), Range(result.Ours), unit, "");
        foreach (PeerResult peer in result.Peers)
            Write("", peer.Name, Number(peer.Nanoseconds.Median), Range(peer.Nanoseconds), Ratio(peer.Ratio), Verdict(result, peer));
    }

    private static string Verdict(ComparisonResult result, PeerResult peer)
    {
        if (result.Comparison.Bar is not { } bar || bar.Peer != peer.Name) return "";
        string aim = peer.Ratio.Median >= bar.Aim ? "aim reached" : "aim missed";
        return $"must >= {Number(bar.Must)}: {(result.Holds == true ? "holds" : "FALLS SHORT")}; aim {Number(bar.Aim)}: {aim}";
    }

    private static string Ratio(Spread spread) => $"{Number(spread.Median)}x {Range(spread)}";

    private static string Range(Spread spread) => $"[{Number(spread.Minimum)}..{Number(spread.Maximum)}]";

    private static string Number(double value) => value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private void Write(string work, string contender, string time, string range, string ratio, string bar) =>
        output.WriteLine($"{work,-34} {contender,-30} {time,9} {range,-19} {ratio,-22} {bar}".TrimEnd());
}
