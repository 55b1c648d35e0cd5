using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Management;

/// <summary>Hands each request that Kestrel has read to <see cref="ControlRequests"/>.</summary>
internal sealed class ControlApplication(ControlRequests requests) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => requests.ServeAsync(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }
}
