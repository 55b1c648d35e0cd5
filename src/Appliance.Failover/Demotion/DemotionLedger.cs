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
    public bool Set(DemotionCause cause, string subject, int amount, MonotonicTime now)
    {
        int at = IndexOf(cause, subject);
        if ((at < 0 ? 0 : _entries[at].Amount) == amount) return false;
        if (at >= 0) _entries.RemoveAt(at);
        if (amount != 0) _entries.Add(new DemotionEntry(cause, subject, amount, now));
        Total = (int)Math.Clamp(_entries.Sum(entry => (long)entry.Amount), int.MinValue, int.MaxValue);
        return true;
    }

    public override string ToString() => _entries.Count == 0
        ? "0"
        : $"{Total} = {string.Join(" + ", _entries.Select(e => $"{e.Amount} {e.Cause}{(e.Subject.Length == 0 ? "" : $" {e.Subject}")}"))}";

    private int IndexOf(DemotionCause cause, string subject) =>
        _entries.FindIndex(entry => entry.Cause == cause && string.Equals(entry.Subject, subject, StringComparison.Ordinal));
}
