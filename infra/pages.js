// Leads the path of a page to its file in the bucket, as ecoute/src/static_site.rs does on one
// machine: a CloudFront Function, at the viewer's request. Its text is in template.yaml as well.
function handler(event) {
    const request = event.request;
    const path = request.uri;
    // The generator's own files begin with a dot, and `//name` would be led to as another site.
    const spelled = path.replace(/%2e/gi, '.').replace(/%2f/gi, '/');
    if (path.startsWith('//') || spelled.includes('/.')) {
        request.uri = '/404.html/';
        return request;
    }
    if (path.endsWith('/')) {
        request.uri = path + 'index.html';
        return request;
    }
    // A page is a folder. Nothing but letters, digits and hyphens is sent on: `/\name` would be
    // another site for a browser.
    if (/^(\/[A-Za-z0-9_-]+)+$/.test(path)) {
        return {
            statusCode: 307,
            statusDescription: 'Temporary Redirect',
            headers: { location: { value: path + '/' + query(request.querystring) } },
        };
    }
    return request;
}

// The parameters as they were sent. (The runtime has no `for … of`.)
function query(parameters) {
    const pairs = [];
    for (const name in parameters) {
        const sent = parameters[name].multiValue || [parameters[name]];
        sent.forEach((one) => pairs.push(one.value === '' ? name : name + '=' + one.value));
    }
    return pairs.length === 0 ? '' : '?' + pairs.join('&');
}
