using System.Text;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>The program as it is given away: one file.</summary>
public sealed class ProgramTests
{
    /// <summary>Else two checkouts of one commit would make two images.</summary>
    [Fact]
    public void It_does_not_know_the_folder_that_it_was_built_in()
    {
        byte[] program = File.ReadAllBytes(ApplianceProgram.File);
        string folder = RepositoryFiles.Root + Path.DirectorySeparatorChar;
        Assert.Equal(-1, program.AsSpan().IndexOf(Encoding.UTF8.GetBytes(folder)));
        Assert.Equal(-1, program.AsSpan().IndexOf(Encoding.Unicode.GetBytes(folder)));
    }
}
