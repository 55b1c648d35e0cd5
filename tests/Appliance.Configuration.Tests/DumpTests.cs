using Xunit;
namespace Appliance.Configuration.Tests;
public class DumpTests
{
    [Fact] public void Dump()
    {
        string? dir = Environment.GetEnvironmentVariable("DUMP");
        if (dir is null) return;
        foreach (string f in Directory.EnumerateFiles(dir, "*.yaml").Order(StringComparer.Ordinal))
        {
            var r = ConfigurationLoader.Load(f);
            File.WriteAllLines(Path.ChangeExtension(f, ".expected"), r.Errors.Select(e => e.ToString()[(f.Length + 1)..].TrimStart()));
        }
    }
}
