declare module '*?url' {
  const address: string;
  export default address;
}

interface Window {
  session: import('drumbeat-net').Session;
}
