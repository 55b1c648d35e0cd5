using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// All reasons why this box advertises slower than configured, each by name: FreeBSD's net.inet.carp.demotion is their sum, and nothing
/// can add to it without standing here. What is set twice counts once; what is withdrawn leaves nothing behind.
/// </summary>
/// <remarks>Belongs to the control thread. It holds at most one entry a cause and subject, and so at most a few for each group.</remarks>
public sealed class DemotionLedger
{
    private readonly List<DemotionEntry> _entries = [];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<DemotionEntry> Entries => _entries;

    /// <summary>The sum of all amounts, within the range of an int. Who uses it clamps (<see cref="CarpInterval.Demoted"/>).</summary>
    public int Total { get; private set; }

    /// <summary>The amount of one reason; 0 when it does not stand.</summary>
    public int AmountOf(DemotionCause cause, string subject = "")
    {
        int at = IndexOf(cause, subject);
        return at < 0 ? 0 : _entries[at].Amount;
    }

    /// <summary>Makes a reason's amount what is given; 0 withdraws it. False when it was so already.</summary>
    public bool Set(DemotionCause cause, string subject, int amount, MonotonicTime now) =>
        Set(IndexOf(cause, subject), new DemotionEntry(cause, subject, amount, now));

    /// <summary>The same for one whose reasons stay its own under another name.</summary>
    internal bool Set(DemotionCause cause, object owner, string subject, int amount, MonotonicTime now) => Set(
        _entries.FindIndex(entry => entry.Cause == cause && ReferenceEquals(entry.Owner, owner)),
        new DemotionEntry(cause, subject, amount, now) { Owner = owner });

    /// <summary>Its reasons stand under another name from now on.</summary>
    internal void Rename(object owner, string subject)
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            if (ReferenceEquals(_entries[i].Owner, owner)) _entries[i] = _entries[i] with { Subject = subject };
        }
    }

    private bool Set(int at, in DemotionEntry entry)
    {
        if ((at < 0 ? 0 : _entries[at].Amount) == entry.Amount) return false;
        if (at >= 0) _entries.RemoveAt(at);
        if (entry.Amount != 0) _entries.Add(entry);
        Total = (int)Math.Clamp(_entries.Sum(reason => (long)reason.Amount), int.MinValue, int.MaxValue);
        return true;
    }

    public override string ToString() => _entries.Count == 0
        ? "0"
        : $"{Total} = {string.Join(" + ", _entries.Select(e => $"{e.Amount} {e.Cause}{(e.Subject.Length == 0 ? "" : $" {e.Subject}")}"))}";

    private int IndexOf(DemotionCause cause, string subject) =>
        _entries.FindIndex(entry => entry.Cause == cause && string.Equals(entry.Subject, subject, StringComparison.Ordinal));
}
