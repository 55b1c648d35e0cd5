using Appliance.Running;
using Xunit;

namespace Appliance.Tests.Live;

public sealed class MaintenanceNoteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_noted_is_found_by_the_next_process()
    {
        string state = _folder["none/yet"];
        Assert.False(new MaintenanceNote(state).IsSet);
        new MaintenanceNote(state).Set(true);
        Assert.True(new MaintenanceNote(state).IsSet);
        new MaintenanceNote(state).Set(true);
        Assert.True(new MaintenanceNote(state).IsSet);
        new MaintenanceNote(state).Set(false);
        Assert.False(new MaintenanceNote(state).IsSet);
        new MaintenanceNote(state).Set(false);
    }

    [Fact]
    public void What_was_never_noted_needs_no_folder_to_be_taken_back()
    {
        new MaintenanceNote(_folder["none"]).Set(false);
        Assert.False(Directory.Exists(_folder["none"]));
    }

    [Fact]
    public void What_cannot_be_noted_is_a_fault_and_stays_as_it_was()
    {
        _folder.Write("file", "");
        var beneath = new MaintenanceNote(_folder["file"]);
        Assert.ThrowsAny<IOException>(() => beneath.Set(true));
        Assert.False(beneath.IsSet);
        Directory.CreateDirectory(_folder[MaintenanceNote.FileName]);
        var taken = new MaintenanceNote(_folder.Path);
        Assert.Throws<UnauthorizedAccessException>(() => taken.Set(true));
        Assert.False(taken.IsSet);
    }
}
