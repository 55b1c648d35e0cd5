using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>Errors and warnings in the order of finding, each once: a statement makes many rules that are all wrong in one way.</summary>
internal sealed class ResolutionErrors
{
    private readonly List<PfError> _errors = [];
    private readonly List<PfError> _warnings = [];
    private readonly HashSet<PfError> _told = [];

    public int Count => _errors.Count;

    /// <summary>In the order of the text within each file, files in the order in which they were met.</summary>
    public ImmutableArray<PfError> Errors => InOrder(_errors);

    public ImmutableArray<PfError> Warnings => InOrder(_warnings);

    public void Add(SourcePosition position, string message)
    {
        var error = new PfError(position, message);
        if (_errors.Count < PfLimits.Errors && _told.Add(error)) _errors.Add(error);
    }

    public void Warn(SourcePosition position, string message)
    {
        var warning = new PfError(position, message);
        if (_warnings.Count < PfLimits.Errors && _told.Add(warning)) _warnings.Add(warning);
    }

    private static ImmutableArray<PfError> InOrder(List<PfError> found)
    {
        List<string> files = [.. found.Select(error => error.Position.File).Distinct(StringComparer.Ordinal)];
        return
        [
            .. found.OrderBy(error => files.IndexOf(error.Position.File))
                .ThenBy(error => error.Position.Line).ThenBy(error => error.Position.Column),
        ];
    }
}
