using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>The errors of one ruleset, in the order of finding; past <see cref="PfLimits.Errors" /> they are only counted.</summary>
internal sealed class ErrorLog
{
    private readonly List<PfError> _errors = [];

    public int Count { get; private set; }

    public bool IsFull => Count >= PfLimits.Errors;

    public void Add(SourcePosition position, string message)
    {
        if (Count++ < PfLimits.Errors) _errors.Add(new PfError(position, message));
    }

    public ImmutableArray<PfError> ToImmutable() => [.. _errors];
}
