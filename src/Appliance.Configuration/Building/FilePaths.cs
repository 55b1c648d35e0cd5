using System.Diagnostics.CodeAnalysis;

namespace Appliance.Configuration.Building;

/// <summary>Paths in a configuration are relative to its folder. Nothing is opened.</summary>
internal sealed class FilePaths(string folder)
{
    [return: NotNullIfNotNull(nameof(written))]
    public FileReference? Refer(Positioned<string>? written) =>
        written is { } file ? new FileReference(file.Value, Resolve(file.Value), file.Position) : null;

    public string Resolve(string path) => Path.Combine(folder, path);
}
