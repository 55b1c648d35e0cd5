using System.Collections.Immutable;

namespace Appliance.Configuration;

/// <summary>
/// What became of a configuration: a model, or every error of the file in the order of the text; never both. Warnings come with a model.
/// </summary>
public sealed record ConfigurationResult(
    RuntimeModel? Model,
    ImmutableArray<ConfigurationError> Errors,
    ImmutableArray<ConfigurationError> Warnings);
