namespace Appliance.Failover;

/// <summary>
/// What a <see cref="CarpNode"/> wants done, oldest first. Who called the node takes all of it out before calling again; then there are
/// never more than a few for each group.
/// </summary>
public sealed class CarpActions
{
    /// <summary>Beyond this the caller has forgotten to take them, which is its error.</summary>
    public const int Maximum = 1 << 18;

    private readonly Queue<CarpAction> _waiting = [];

    public int Count => _waiting.Count;

    public bool TryTake(out CarpAction action) => _waiting.TryDequeue(out action);

    internal void Add(in CarpAction action)
    {
        if (_waiting.Count == Maximum) throw new InvalidOperationException($"{Maximum} CARP actions were asked for and none was taken.");
        _waiting.Enqueue(action);
    }
}
