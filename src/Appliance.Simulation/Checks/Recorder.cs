namespace Appliance.Simulation;

/// <summary>Judges nothing: takes down what there is to draw.</summary>
internal sealed class Recorder(World world) : Checker(world, "picture")
{
    private readonly long?[,] _since = new long?[2, World.Groups];
    private readonly List<DrillSpan> _masters = [], _faults = [];
    private readonly List<(int, long)> _adverts = [];
    private readonly List<long> _answers = [];

    private long Now => World.Now - World.Beginning;

    public override void OnMasters(int group, int masters)
    {
        foreach (SimulatedBox box in World.Boxes)
        {
            ref long? since = ref _since[box.Index, group];
            bool isActing = box.IsActing(group);
            if (isActing) since ??= Now;
            else if (since is { } from) _masters.Add(new DrillSpan(box.Index, World.NameOf(group), from, Now));
            if (!isActing) since = null;
        }
    }

    public override void OnAdvert(SimulatedBox box, int vhid) => _adverts.Add((box.Index, Now));

    public void OnAnswer() => _answers.Add(Now);

    public void OnFault(Fault fault)
    {
        int box = fault.Kind >= FaultKind.Kill ? fault.Target : 0;
        _faults.Add(new DrillSpan(box, fault.ToString(), fault.At, fault.At + fault.Lasts));
    }

    public DrillPicture Take()
    {
        for (int box = 0; box < 2; box++)
        {
            for (int group = 0; group < World.Groups; group++)
            {
                if (_since[box, group] is { } from) _masters.Add(new DrillSpan(box, World.NameOf(group), from, Now));
            }
        }

        return new DrillPicture(Now, [.. _masters], [.. _faults], [.. _adverts], [.. _answers]);
    }
}
