using Appliance.Engine;

namespace Appliance.Testing;

/// <summary>A stage that does what the test says, and counts.</summary>
public sealed class ScriptedStage(string name, StageAction action) : IStage
{
    public string Name => name;

    /// <summary>Batches seen; never an empty one.</summary>
    public int Batches { get; private set; }

    /// <summary>Frames seen.</summary>
    public int Frames { get; private set; }

    public void Process(FrameBatch batch, in StageContext context)
    {
        Batches++;
        Frames += batch.Count;
        action(batch, context);
    }

    /// <summary>Lets everything pass.</summary>
    public static ScriptedStage Passing(string name) => new(name, (FrameBatch _, in StageContext _) => { });

    /// <summary>A last stage: every frame leaves by one port.</summary>
    public static ScriptedStage LeavingBy(ushort port) => new($"exit by {port}", (FrameBatch batch, in StageContext _) =>
    {
        foreach (Frame frame in batch.Frames)
        {
            frame.Info.EgressPort = port;
            batch.End(frame, Disposition.Transmit);
        }
    });

    /// <summary>A stage that judges each frame by itself: the answer <see cref="Disposition.Continue"/> lets it pass.</summary>
    public static ScriptedStage Judging(string name, Func<Frame, Disposition> judge) => new(name, (FrameBatch batch, in StageContext _) =>
    {
        foreach (Frame frame in batch.Frames)
        {
            Disposition disposition = judge(frame);
            if (disposition != Disposition.Continue) batch.End(frame, disposition);
        }
    });
}
