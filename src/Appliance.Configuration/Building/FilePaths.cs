using System.Diagnostics.CodeAnalysis;

namespace Appliance.Configuration.Building;

/// <summary>Paths in a configuration are relative to its folder. Nothing is opened.</summary>
/// <param name="file">The configuration's.</param>
internal sealed class FilePaths(string file)
{
    private readonly string _folder = Path.GetDirectoryName(file) ?? "";

    [return: NotNullIfNotNull(nameof(written))]
    public FileReference? Refer(Positioned<string>? written) =>
        written is { } name ? new FileReference(name.Value, Resolve(name.Value), file, name.Position) : null;

    public string Resolve(string path) => Path.Combine(_folder, path);
}
