using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>
/// That the box is out of service for maintenance: a file that is there or not, so that it outlives a restart and a loss of power.
/// </summary>
/// <param name="folder">Where the appliance keeps what outlives it.</param>
internal sealed class MaintenanceNote(string folder)
{
    public const string FileName = "maintenance";

    private readonly string _file = Path.Combine(folder, FileName);

    public bool IsSet => File.Exists(_file);

    /// <summary>Returns when it is on disk.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">So does the folder.</exception>
    public void Set(bool isOn)
    {
        if (isOn)
        {
            Directory.CreateDirectory(folder);
            File.Create(_file).Dispose();
        }
        else if (Directory.Exists(folder))
        {
            File.Delete(_file);
        }
        else
        {
            return;
        }

        DurableFolder.Flush(folder);
    }
}
