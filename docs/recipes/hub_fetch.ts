// Sends the requests of the functions that orval generates, with your key. Set HUB_URL (https://.../api/v1) and HUB_KEY.
export const hubFetch = async <T>(path: string, options: RequestInit): Promise<T> => {
  const headers = new Headers(options.headers);
  headers.set("Authorization", `Bearer ${process.env["HUB_KEY"]}`);
  const response = await fetch(process.env["HUB_URL"] + path, { ...options, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, data: text === "" ? undefined : JSON.parse(text) } as T;
};
