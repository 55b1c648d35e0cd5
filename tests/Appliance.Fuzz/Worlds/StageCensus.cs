using Appliance.Engine;

namespace Appliance.Fuzz.Worlds;

/// <summary>Counts the frames that met each stage, and what the stage did to them.</summary>
internal sealed class StageCensus : IPathTrace
{
    private static readonly int Dispositions = Enum.GetValues<Disposition>().Length;

    private readonly List<(string Stage, long[] Counts)> _stages = [];

    public IReadOnlyList<(string Stage, long[] Counts)> Stages => _stages;

    public void Explain(Frame frame, string detail)
    {
        if (detail.Length == 0) throw new FuzzFailureException("a stage explains nothing");
    }

    public void Behind(string stage, Frame frame)
    {
        foreach ((string name, long[] counts) in _stages)
        {
            if (!string.Equals(name, stage, StringComparison.Ordinal)) continue;
            counts[(int)frame.Info.Disposition]++;
            return;
        }

        _stages.Add((stage, new long[Dispositions]));
        Behind(stage, frame);
    }
}
