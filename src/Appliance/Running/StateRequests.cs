using Appliance.Node;

namespace Appliance.Running;

/// <summary>Requests about states that are under way, and who waits for them. The control thread's.</summary>
internal sealed class StateRequests
{
    private readonly List<(StateRequest Request, TaskCompletionSource Done)> _underWay = [];

    public bool IsBusy => _underWay.Count > 0;

    public Task Add(StateRequest request)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay.Add((request, done));
        return done.Task;
    }

    public void Tend()
    {
        foreach ((_, TaskCompletionSource done) in _underWay.Where(pair => pair.Request.IsDone)) done.SetResult();
        _underWay.RemoveAll(pair => pair.Request.IsDone);
    }
}
