using System.Collections.Immutable;

namespace Appliance.Configuration;

/// <summary>Collects the errors and warnings of one file, in any order, and of the files that it names.</summary>
internal sealed class ErrorList(string file)
{
    /// <summary>Errors kept; what comes after is only counted, and the last line says how many.</summary>
    public const int Maximum = 1000;

    private readonly List<ConfigurationError> _errors = [];
    private readonly List<ConfigurationError> _warnings = [];

    /// <summary>All errors so far, those past the maximum too.</summary>
    public int Count { get; private set; }

    /// <summary>No message that comes now will be seen: an occasion to save the work of a good one.</summary>
    public bool IsFull => Count >= Maximum;

    public void Add(TextPosition position, string message)
    {
        if (Count++ < Maximum) _errors.Add(new ConfigurationError(file, position, message));
    }

    /// <summary>An error of the file as a whole.</summary>
    public void Add(string message)
    {
        if (Count++ < Maximum) _errors.Add(new ConfigurationError(file, null, message));
    }

    /// <summary>An error of another file that this one names. They follow the own ones, in the order of adding.</summary>
    public void Add(ConfigurationError error)
    {
        if (Count++ < Maximum) _errors.Add(error);
    }

    public void Warn(TextPosition position, string message) => Warn(new ConfigurationError(file, position, message));

    public void Warn(ConfigurationError warning)
    {
        if (_warnings.Count < Maximum) _warnings.Add(warning);
    }

    /// <summary>The errors in the order of the text; or, if there are none, the model and the warnings.</summary>
    public ConfigurationResult ToResult(RuntimeModel? model)
    {
        IEnumerable<ConfigurationError> errors = InOrder(_errors);
        if (Count > Maximum) errors = errors.Append(new ConfigurationError(file, null, $"{Count - Maximum} more errors are not shown"));
        return Count > 0 ? new ConfigurationResult(null, [.. errors], []) : new ConfigurationResult(model, [], InOrder(_warnings));
    }

    private ImmutableArray<ConfigurationError> InOrder(List<ConfigurationError> found) =>
    [
        .. found.Where(error => error.File == file)
            .OrderBy(error => error.Position?.Line ?? 0)
            .ThenBy(error => error.Position?.Column ?? 0),
        .. found.Where(error => error.File != file),
    ];
}
