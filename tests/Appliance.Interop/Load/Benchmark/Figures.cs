using System.Globalization;

namespace Appliance.Interop.Load;

/// <summary>What was measured, by work and contender, round by round, and as a table.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(string Work, string Contender), List<(double Value, double Machine, double Appliance)>> _measured = [];

    public void Add(string work, string contender, double value, ProcessorUse use)
    {
        (double machine, double appliance) = use.Sofar;
        if (!_measured.TryGetValue((work, contender), out var rounds)) _measured[(work, contender)] = rounds = [];
        rounds.Add((value, machine, appliance));
    }

    /// <summary>The median over all rounds; not a number where nothing was measured.</summary>
    public double Of(string work, string contender) => Statistics.Median(Values(work, contender));

    /// <summary>The median of the rounds' quotients: both of a round were measured one after the other.</summary>
    public double Ratio(string work, string contender, string peer) =>
        Statistics.Median(Values(work, contender).Zip(Values(work, peer), (ours, theirs) => ours / theirs));

    /// <summary>A line: the figure, its spread, and what it cost.</summary>
    public string Line(string work, string contender, string unit)
    {
        double[] values = [.. Values(work, contender)];
        double machine = Statistics.Median(_measured[(work, contender)].Select(round => round.Machine));
        double appliance = Statistics.Median(_measured[(work, contender)].Select(round => round.Appliance));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{work,-36} {contender,-22} {Statistics.Median(values),8:0.00} {unit,-7} "
            + $"{$"[{values.Min():0.00}..{values.Max():0.00}]",-18} processors in use {machine:0.00}, by the appliance {appliance:0.00}");
    }

    private IEnumerable<double> Values(string work, string contender) =>
        _measured.TryGetValue((work, contender), out var rounds) ? rounds.Select(round => round.Value) : [];
}
